package flight

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones are the same on a machine without a list of them

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// digitsOf is the precision in a type such as timestamp(6) with time zone; fallback where it has none.
func digitsOf(typeName string, fallback int) int {
	_, rest, _ := strings.Cut(typeName, "(")
	number, _, isGiven := strings.Cut(rest, ")")
	digits, err := strconv.Atoi(number)
	if !isGiven || err != nil {
		return fallback
	}
	return digits
}

// layout is a form of time with this many digits of a second.
func layout(before string, digits int) string {
	if digits == 0 {
		return before
	}
	return before + "." + strings.Repeat("0", digits)
}

const (
	dateAndTime = "2006-01-02 15:04:05"
	timeOfDay   = "15:04:05"
)

func unitDigits(unit arrow.TimeUnit) int { return 3 * int(unit) }

// timeText writes dates, times and intervals as Trino does.
func timeText(field arrow.Field, column arrow.Array, row int) (any, error) {
	switch values := column.(type) {
	case *array.Date32:
		return yearText(values.Value(row).ToTime(), "2006-01-02"), nil
	case *array.Time64:
		unit := values.DataType().(*arrow.Time64Type).Unit
		return values.Value(row).ToTime(unit).Format(layout(timeOfDay, digitsOf(typeOf(field), unitDigits(unit)))), nil
	case *array.Timestamp:
		kind := values.DataType().(*arrow.TimestampType)
		text := yearText(values.Value(row).ToTime(kind.Unit), layout(dateAndTime, digitsOf(typeOf(field), unitDigits(kind.Unit))))
		if kind.TimeZone != "" {
			text += " " + kind.TimeZone
		}
		return text, nil
	case *array.Duration:
		return durationText(int64(values.Value(row))), nil
	case *array.MonthDayNanoInterval:
		months := values.Value(row).Months
		sign := ""
		if months < 0 {
			sign, months = "-", -months
		}
		return fmt.Sprintf("%s%d-%d", sign, months/12, months%12), nil
	default:
		return nil, fmt.Errorf("the type %s has no text here; cast it to varchar", column.DataType())
	}
}

// durationText writes milliseconds as days and time.
func durationText(milliseconds int64) string {
	sign := ""
	if milliseconds < 0 {
		sign, milliseconds = "-", -milliseconds
	}
	const day = 86_400_000
	rest := time.Duration(milliseconds%day) * time.Millisecond
	return fmt.Sprintf("%s%d %s", sign, milliseconds/day, time.Unix(0, 0).UTC().Add(rest).Format("15:04:05.000"))
}

// yearText writes years as they are: Go's own form has at least four digits, and a sign only there.
func yearText(moment time.Time, form string) string {
	if year := moment.Year(); year < 0 {
		return "-" + moment.AddDate(-2*year, 0, 0).Format(form)
	}
	return moment.Format(form)
}

// zonedText writes an instant with the zone of its own.
func zonedText(field arrow.Field, values *array.Struct, row int) (any, error) {
	instants, isInstant := values.Field(0).(*array.Timestamp)
	zones, isText := values.Field(1).(*array.String)
	if !isInstant || !isText {
		return nil, fmt.Errorf("the type %s has no text here; cast it to varchar", values.DataType())
	}
	unit := instants.DataType().(*arrow.TimestampType).Unit
	name := strings.Clone(zones.Value(row))
	place, err := zoneOf(name)
	if err != nil {
		return nil, fmt.Errorf("zone %q: %w", name, err)
	}
	moment := instants.Value(row).ToTime(unit).In(place)
	return yearText(moment, layout(dateAndTime, digitsOf(typeOf(field), unitDigits(unit)))) + " " + name, nil
}

// zoneOf knows zones by their names and, as +05:30, by what they differ from UTC.
func zoneOf(name string) (*time.Location, error) {
	if !strings.HasPrefix(name, "+") && !strings.HasPrefix(name, "-") {
		return time.LoadLocation(name)
	}
	moment, err := time.Parse("-07:00", name)
	if err != nil {
		return nil, err
	}
	_, offset := moment.Zone()
	return time.FixedZone(name, offset), nil
}

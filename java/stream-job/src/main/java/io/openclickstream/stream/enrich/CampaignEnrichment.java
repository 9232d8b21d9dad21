package io.openclickstream.stream.enrich;

import io.openclickstream.model.Column;
import io.openclickstream.model.EventColumns;
import io.openclickstream.model.OutputRow;
import io.openclickstream.stream.parse.Event;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The campaign that led to a page, out of its address: the parameters of the same name, and the advertiser's click identifier. */
final class CampaignEnrichment implements Enrichment {
    private static final List<Column<String>> CAMPAIGN = List.of(
        EventColumns.UTM_SOURCE, EventColumns.UTM_MEDIUM, EventColumns.UTM_CAMPAIGN, EventColumns.UTM_TERM, EventColumns.UTM_CONTENT);
    /** The first of them that is there counts. */
    private static final List<String> CLICK_IDS = List.of("gclid", "fbclid", "msclkid", "dclid", "ttclid", "twclid");
    private static final Set<String> PARAMETERS =
        Stream.concat(CAMPAIGN.stream().map(Column::name), CLICK_IDS.stream()).collect(Collectors.toUnmodifiableSet());

    @Override
    public void apply(OutputRow row, Event event) {
        Map<String, String> parameters = QueryParameters.pick(row.get(EventColumns.PAGE_QUERY), PARAMETERS);
        if (parameters.isEmpty()) {
            return;
        }
        for (Column<String> column : CAMPAIGN) {
            row.set(column, parameters.get(column.name()));
        }
        row.set(EventColumns.CLICK_ID, CLICK_IDS.stream().map(parameters::get).filter(Objects::nonNull).findFirst().orElse(null));
    }
}

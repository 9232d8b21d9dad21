/** Checks of a DataProduct: what its rows must be before readers see them. */
import { z } from "zod";
import { columnName } from "./references.ts";
import { celText, count, patterned, text, textSet, type Rule, withRules } from "./rules.ts";

export const MAX_CHECKS = 32;
const MAX_CHECK_COLUMNS = 16;
const FORMS = ["sql", "notNull", "unique", "rowCount"] as const;

const CHANGE = "^[0-9]{1,4}%$";

const changeAtMost = withRules(text(5), [
  {
    rule: `self.matches(${celText(CHANGE)})`,
    message: "must be a share of the number of rows before, in whole percent, such as 50%",
    holds: (share) => new RegExp(CHANGE).test(share),
  },
]);

const rowCount = withRules(
  z.object({
    min: count().optional().describe("Fewest rows that the table must have."),
    max: count().optional().describe("Most rows that the table may have."),
    changeAtMost: changeAtMost
      .optional()
      .describe("How much the number of rows may differ from that of the version before, such as '50%'."),
  }),
  [
    {
      rule: "has(self.min) || has(self.max) || has(self.changeAtMost)",
      message: "must have at least one of min, max and changeAtMost",
      holds: (value) =>
        value.min !== undefined || value.max !== undefined || value.changeAtMost !== undefined,
    },
    {
      rule: "!has(self.min) || !has(self.max) || self.min <= self.max",
      message: "min must be at most max; lower min or raise max",
      fieldPath: ".min",
      holds: (value) => value.min === undefined || value.max === undefined || value.min <= value.max,
    },
  ],
);

const columns = textSet(columnName, MAX_CHECK_COLUMNS).min(1);

const checkFields = z.object({
  name: patterned(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, 63)
    .optional()
    .describe(
      "Name of the check, under which its result is shown. Required with sql, else made of the form and the columns.",
    ),
  severity: z
    .enum(["Error", "Warning"])
    .optional()
    .describe(
      "What a violation does: with Error the new rows are not published and readers keep the version before; with Warning it is only " +
        "shown. Default 'Error'.",
    ),
  sql: text(16_384)
    .min(1)
    .optional()
    .describe(
      "A query in Spark's SQL that must return no rows; each row that it returns is a violation. The table as it would be published is " +
        "named 'this'.",
    ),
  notNull: columns.optional().describe("Columns of the target that must have a value in every row."),
  unique: columns
    .optional()
    .describe("Columns of the target whose values together must occur in one row only."),
  rowCount: rowCount
    .optional()
    .describe("How many rows the table must have. One check of a product at most."),
});

type Check = z.output<typeof checkFields>;

/** One check, in one of four forms. */
export const check = withRules(checkFields, [
  {
    rule: `[${FORMS.map((form) => `has(self.${form})`).join(", ")}].filter(given, given).size() == 1`,
    message: `must have exactly one of ${FORMS.slice(0, -1).join(", ")} and ${FORMS.at(-1) ?? ""}; make several checks of several`,
    holds: (value) => FORMS.filter((form) => value[form] !== undefined).length === 1,
  },
  {
    rule: "!has(self.sql) || has(self.name)",
    message: "name must be given for a check with sql, so that its result can be shown by it",
    fieldPath: ".name",
    holds: (value) => value.sql === undefined || value.name !== undefined,
  },
  {
    rule: "!has(self.rowCount) || (!has(self.name) && !has(self.severity))",
    message:
      "rowCount must have neither name nor severity: it is an Error and named rowCount; leave them out",
    fieldPath: ".rowCount",
    holds: (value) =>
      value.rowCount === undefined || (value.name === undefined && value.severity === undefined),
  },
]).describe("One check.");

/** Rules about all checks of a product. */
export const CHECK_LIST_RULES: readonly Rule<readonly Check[]>[] = [
  {
    rule: "self.all(c, !has(c.name) || self.exists_one(d, has(d.name) && d.name == c.name))",
    message: "must not hold two checks of the same name; rename one",
    holds: (checks) => {
      const names = checks.flatMap(({ name }) => name ?? []);
      return new Set(names).size === names.length;
    },
  },
  {
    rule: "self.filter(c, has(c.rowCount)).size() <= 1",
    message: "must not hold two checks of rowCount; put min, max and changeAtMost into one",
    holds: (checks) => checks.filter((one) => one.rowCount !== undefined).length <= 1,
  },
];

package io.openclickstream.flight.server;

import org.apache.arrow.flight.SessionOptionValue;
import org.apache.arrow.flight.SessionOptionValueVisitor;
import org.apache.arrow.flight.sql.SqlInfoBuilder;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlNullOrdering;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedCaseSensitivity;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedTransaction;

/** What the gateway says of its SQL, which is Trino's. */
final class SqlFacts {
    private SqlFacts() {
    }

    static SqlInfoBuilder info() {
        return new SqlInfoBuilder()
            .withFlightSqlServerName("Open Clickstream Flight SQL gateway")
            .withFlightSqlServerVersion("0.1.0")
            .withFlightSqlServerArrowVersion("18.3.0")
            .withFlightSqlServerReadOnly(false)
            .withFlightSqlServerSql(true)
            .withFlightSqlServerSubstrait(false)
            .withFlightSqlServerTransaction(SqlSupportedTransaction.SQL_SUPPORTED_TRANSACTION_NONE)
            .withFlightSqlServerCancel(true)
            .withFlightSqlServerBulkIngestion(false)
            .withSqlIdentifierQuoteChar("\"")
            .withSqlSearchStringEscape("\\")
            .withSqlExtraNameCharacters("")
            .withSqlCatalogTerm("catalog")
            .withSqlSchemaTerm("schema")
            .withSqlProcedureTerm("procedure")
            .withSqlCatalogAtStart(true)
            .withSqlDdlCatalog(false)
            .withSqlDdlSchema(true)
            .withSqlDdlTable(true)
            .withSqlIdentifierCase(SqlSupportedCaseSensitivity.SQL_CASE_SENSITIVITY_LOWERCASE)
            .withSqlQuotedIdentifierCase(SqlSupportedCaseSensitivity.SQL_CASE_SENSITIVITY_LOWERCASE)
            .withSqlNullOrdering(SqlNullOrdering.SQL_NULLS_SORTED_AT_END)
            .withSqlTransactionsSupported(false)
            .withSqlSupportsColumnAliasing(true)
            .withSqlNullPlusNullIsNull(true)
            .withSqlSupportsLikeEscapeClause(true)
            .withSqlCorrelatedSubqueriesSupported(true);
    }

    /** The value of a session option as a text; null where it is empty or no single value. */
    static String text(SessionOptionValue value) {
        return value.acceptVisitor(new SessionOptionValueVisitor<String>() {
            @Override
            public String visit(String text) {
                return text;
            }

            @Override
            public String visit(boolean flag) {
                return Boolean.toString(flag);
            }

            @Override
            public String visit(long number) {
                return Long.toString(number);
            }

            @Override
            public String visit(double number) {
                return Double.toString(number);
            }

            @Override
            public String visit(String[] texts) {
                return String.join(",", texts);
            }

            @Override
            public String visit(Void nothing) {
                return null;
            }
        });
    }
}

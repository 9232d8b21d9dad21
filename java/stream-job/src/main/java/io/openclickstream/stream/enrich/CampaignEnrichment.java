package io.openclickstream.stream.enrich;

import io.openclickstream.model.Column;
import io.openclickstream.model.EventColumns;
import io.openclickstream.model.OutputRow;
import io.openclickstream.stream.parse.Event;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The campaign that led to a page, out of its address: the parameters of the same name, and the advertiser's click identifier. */
final class CampaignEnrichment implements Enrichment {
    private static final List<Column<String>> CAMPAIGN = List.of(
        EventColumns.UTM_SOURCE, EventColumns.UTM_MEDIUM, EventColumns.UTM_CAMPAIGN, EventColumns.UTM_TERM, EventColumns.UTM_CONTENT);
    private static final Set<String> PARAMETERS = Stream.concat(
        CAMPAIGN.stream().map(Column::name), ClickParameter.ALL.stream().map(ClickParameter::name)).collect(Collectors.toUnmodifiableSet());

    @Override
    public void apply(OutputRow row, Event event) {
        Map<String, String> parameters = QueryParameters.pick(row.get(EventColumns.PAGE_QUERY), PARAMETERS);
        QueryParameters.pick(queryOf(row.get(EventColumns.PAGE_FRAGMENT)), PARAMETERS).forEach(parameters::putIfAbsent);
        if (parameters.isEmpty()) {
            return;
        }
        for (Column<String> column : CAMPAIGN) {
            row.set(column, parameters.get(column.name()));
        }
        ClickParameter.ALL.stream().filter(click -> parameters.containsKey(click.name())).findFirst().ifPresent(click ->
            row.set(EventColumns.CLICK_ID, parameters.get(click.name())).set(EventColumns.CLICK_NETWORK, click.network()));
    }

    /** The parameters that pages with a route behind the number sign have there: {@code a=b}, {@code /a=b} or {@code !/path?a=b}. */
    private static String queryOf(String fragment) {
        if (fragment == null) {
            return null;
        }
        int mark = fragment.indexOf('?');
        int start = mark < 0 ? 0 : mark + 1;
        while (start < fragment.length() && "!/?&".indexOf(fragment.charAt(start)) >= 0) {
            start++;
        }
        int hash = fragment.indexOf('#', start);
        return hash < 0 ? fragment.substring(start) : fragment.substring(start, hash);
    }
}

package io.openclickstream.profiles;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.stream.Stream;

/** What led a visitor here: the columns {@code utm_*}, {@code click_id} and {@code click_network} of an event. What is absent is null. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record Campaign(String source, String medium, String campaign, String term, String content, String clickId, String clickNetwork) {
    private static final int LONGEST = 200;

    /** Texts are cut at 200 characters, so that a row stays small whatever is sent. */
    public Campaign {
        source = Texts.cut(source, LONGEST);
        medium = Texts.cut(medium, LONGEST);
        campaign = Texts.cut(campaign, LONGEST);
        term = Texts.cut(term, LONGEST);
        content = Texts.cut(content, LONGEST);
        clickId = Texts.cut(clickId, LONGEST);
        clickNetwork = Texts.cut(clickNetwork, LONGEST);
    }

    /** This campaign; null when all of it is absent. */
    public Campaign orNull() {
        return Stream.of(source, medium, campaign, term, content, clickId, clickNetwork).allMatch(text -> text == null) ? null : this;
    }
}

package io.openclickstream.profiles;

import com.fasterxml.jackson.annotation.JsonInclude;

/** A page that was viewed. The title is null when the client sent none. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PageView(Moment at, String url, String title) implements Comparable<PageView> {
    /** The newest comes first. */
    @Override
    public int compareTo(PageView other) {
        return other.at.compareTo(at);
    }
}

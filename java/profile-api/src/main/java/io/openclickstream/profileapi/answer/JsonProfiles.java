package io.openclickstream.profileapi.answer;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.openclickstream.profileapi.read.Found;
import io.openclickstream.profileapi.read.Found.Version;
import io.openclickstream.profiles.Campaign;
import io.openclickstream.profiles.KnownUser;
import io.openclickstream.profiles.Moment;
import io.openclickstream.profiles.PageView;
import io.openclickstream.profiles.Touch;
import io.openclickstream.profiles.VisitorProfile;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Profiles as JSON, with the names and times that the OpenAPI document gives them. */
public final class JsonProfiles {
    private static final ObjectMapper JSON = JsonMapper.builder().serializationInclusion(JsonInclude.Include.NON_NULL).build();

    private JsonProfiles() {
    }

    private record Answer(String id, String mergedInto, List<String> visitors, String since, Body profile, List<Past> history) {
    }

    private record Past(String since, Body profile) {
    }

    private record Body(
        String firstSeen, String lastSeen, long sessions, Events events, List<Page> pages, Seen firstTouch, Seen lastTouch, User user) {
    }

    private record Events(long total, Map<String, Long> byType, long other) {
    }

    private record Page(String at, String url, String title) {
    }

    private record Seen(
        String at, String source, String medium, String campaign, String term, String content, String clickId, String clickNetwork) {
    }

    private record User(String at, String id) {
    }

    private record Batch(List<Answer> profiles, List<String> unknown) {
    }

    /** One profile; with its history when that was asked for. */
    public static byte[] one(Found found, boolean withHistory) {
        return bytes(answer(found, withHistory));
    }

    /** Those that were found, in the order of the identifiers, and the identifiers of the others. */
    public static byte[] batch(List<String> ids, List<Optional<Found>> found) {
        List<String> unknown = new ArrayList<>();
        for (int position = 0; position < ids.size(); position++) {
            if (found.get(position).isEmpty()) {
                unknown.add(ids.get(position));
            }
        }
        return bytes(new Batch(found.stream().flatMap(Optional::stream).map(one -> answer(one, false)).toList(), unknown));
    }

    /** Any value of ours. */
    public static byte[] bytes(Object value) {
        try {
            return JSON.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("answers can be written as JSON", e);
        }
    }

    private static Answer answer(Found found, boolean withHistory) {
        Version newest = found.versions().get(0);
        return new Answer(
            found.id(),
            found.mergedInto(),
            found.mergedInto() == null ? null : found.visitors(),
            Instant.ofEpochMilli(newest.at()).toString(),
            body(newest.profile()),
            withHistory ? found.versions().stream().map(one -> new Past(Instant.ofEpochMilli(one.at()).toString(), body(one.profile()))).toList() : null);
    }

    private static Body body(VisitorProfile profile) {
        return new Body(
            time(profile.firstSeen()),
            time(profile.lastSeen()),
            profile.sessions(),
            new Events(profile.events().total(), profile.events().byType(), profile.events().other()),
            profile.pages().stream().map(JsonProfiles::page).toList(),
            touch(profile.firstTouch()),
            touch(profile.lastTouch()),
            user(profile.user()));
    }

    private static Page page(PageView page) {
        return new Page(time(page.at()), page.url(), page.title());
    }

    private static Seen touch(Touch touch) {
        if (touch == null) {
            return null;
        }
        Campaign of = touch.campaign();
        return new Seen(
            time(touch.at()), of.source(), of.medium(), of.campaign(), of.term(), of.content(), of.clickId(), of.clickNetwork());
    }

    private static User user(KnownUser user) {
        return user == null ? null : new User(time(user.at()), user.id());
    }

    private static String time(Moment moment) {
        return time(moment.time());
    }

    private static String time(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
    }
}

package io.openclickstream.stream;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Page views as the collector writes them, made of their number: about 700 bytes of event, the same at every call. */
public final class GeneratedEvents {
    private static final long START_MILLIS = 1_700_000_000_000L;
    private static final int MILLIS_APART = 10;
    private static final String[] USER_AGENTS = {
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.% Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_% like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Safari/604.1",
    };

    private final int visitors;

    public GeneratedEvents(int visitors) {
        this.visitors = visitors;
    }

    /** An event's visitor, which is the key of its record. */
    public String visitor(long number) {
        return "visitor-" + new Random(number).nextInt(visitors);
    }

    /** Every hundredth event repeats an identifier, every two hundredth is broken. */
    public byte[] value(long number) {
        Random random = new Random(number);
        String visitor = "visitor-" + random.nextInt(visitors);
        long id = number % 100 == 99 ? number - 1 : number;
        String event = "{\"event_id\":\"" + id + "-5f0c3c0e6d0b5f5e9a360c1b6f4e7a10\",\"event_type\":\"page_view\",\"timestamp\":"
            + millis(number) + ",\"anonymous_id\":\"" + visitor
            + "\",\"page_url\":\"https://shop.example.com/products/" + random.nextInt(1000)
            + "?utm_source=newsletter&utm_medium=email&utm_campaign=spring&q=shoes\",\"page_title\":\"Shoes for everybody\","
            + "\"referrer\":\"https://www.google.com/search?q=shoes\",\"language\":\"de-CH\",\"properties\":{\"price\":" + random.nextInt(500)
            + ",\"currency\":\"CHF\",\"viewport\":\"1280x720\",\"experiment\":\"b\",\"position\":" + random.nextInt(50) + "}"
            + (number % 200 == 7 ? "" : "}");
        return event.getBytes(StandardCharsets.UTF_8);
    }

    /** What the collector adds to it. */
    public Map<String, String> headers(long number) {
        Random random = new Random(~number);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("record_id", "01890000-0000-7000-8000-" + number);
        headers.put("received_at", Long.toString(millis(number)));
        headers.put("source", "http");
        headers.put("content_type", "application/json");
        headers.put("ip", "198.51.100." + random.nextInt(255));
        headers.put("user_agent", USER_AGENTS[random.nextInt(USER_AGENTS.length)].replace("%", Integer.toString(random.nextInt(50))));
        return headers;
    }

    private static long millis(long number) {
        return START_MILLIS + number * MILLIS_APART;
    }
}

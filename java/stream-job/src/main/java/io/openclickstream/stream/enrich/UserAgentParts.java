package io.openclickstream.stream.enrich;

/** What a user agent tells; what it does not tell is null. */
public record UserAgentParts(
    String browserName, String browserVersion, String osName, String osVersion, String deviceName, String botClass) {
    /** Whether it is a robot's. */
    public boolean isBot() {
        return botClass != null;
    }
}

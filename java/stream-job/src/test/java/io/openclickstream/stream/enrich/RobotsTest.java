package io.openclickstream.stream.enrich;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

@DisplayName("A user agent")
class RobotsTest {
    private static final String CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36";

    @ParameterizedTest(name = "{0} is a robot for {1}")
    @CsvSource(delimiter = '|', value = {
        "GoogleOther|search",
        "Mozilla/5.0 (compatible; Google-InspectionTool/1.0)|search",
        "APIs-Google (+https://developers.google.com/webmasters/APIs-Google.html)|search",
        CHROME + " Chrome-Lighthouse|monitoring",
        "Mozilla/5.0 (compatible; Claude-User/1.0; +Claude-User@anthropic.com)|ai",
        "Mozilla/5.0 (compatible; Perplexity-User/1.0; +https://perplexity.ai/perplexity-user)|ai",
        "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)|ai",
        "Mozilla/5.0 (compatible; CensysInspect/1.1; +https://about.censys.io/)|scanner",
        "Mozilla/5.0 zgrab/0.x|scanner",
        "Checkly, https://checklyhq.com|monitoring",
        CHROME + " DatadogSynthetics|monitoring",
        CHROME + " GTmetrix|monitoring",
        "kube-probe/1.30|monitoring",
        "Apache/2.4.57 (internal dummy connection)|monitoring",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)|preview",
        "WhatsApp/2.23.20.0 A|preview",
        "axios/1.6.2|library",
        "node|library",
        "undici|library",
        "PostmanRuntime/7.36.0|library",
        "GuzzleHttp/7|library",
        "Java/17.0.2|library",
        "Mozilla/5.0 (compatible; NobodyKnowsBot/1.0; +http://bot.example/)|other",
        "Mozilla/5.0 (compatible; BeetleBot; )|other",
        "LumiBot 2.0|other",
        "WordPress/6.4.2; https://blog.example|other",
    })
    void robots(String userAgent, String robotClass) {
        assertEquals(robotClass, UserAgents.parse(userAgent).botClass());
    }

    @ParameterizedTest(name = "{0} is a person''s")
    @ValueSource(strings = {
        "Mozilla/5.0 (Linux; Android 13; CUBOT X70) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 9; CUBOT) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 7.0; M bot 60 Build/NRD90M; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Mobile Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 BabyMonitor/4.2",
        "Mozilla/5.0 (Linux; Android 4.1.1; HTC Butterfly Build/JRO03C) AppleWebKit/535.19 (KHTML, like Gecko) Chrome/18 Mobile Safari/535.19",
        CHROME,
    })
    void people(String userAgent) {
        assertNull(UserAgents.parse(userAgent).botClass());
    }

    /** The property names uap-core's file of devices, which has about 16,000 agents that are no spiders. */
    @Test
    @DisplayName("of uap-core's devices is a robot's in at most two cases but for spiders")
    @EnabledIfSystemProperty(named = "uap.devices", matches = ".+")
    void devices() throws IOException {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(20_000_000);
        Map<String, List<Map<String, Object>>> file =
            new Yaml(new SafeConstructor(options)).load(Files.readString(Path.of(System.getProperty("uap.devices"))));
        List<String> agents = file.get("test_cases").stream()
            .filter(device -> !"Spider".equals(device.get("family")))
            .map(device -> String.valueOf(device.get("user_agent_string")))
            .toList();
        assertTrue(agents.size() > 15_000, agents.size() + " agents");
        List<String> robots = agents.stream().filter(agent -> UserAgents.parse(agent).isBot()).toList();
        assertTrue(robots.size() <= 2, robots.size() + " robots: " + robots);
    }
}

package io.openclickstream.profileapi.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clients of a file, by their tokens: a line {@code client token scope...} for each, with comments after {@code #}. Tokens are kept and
 * looked up by their SHA-256, so that neither memory nor the time of an answer tells anything of them.
 */
public final class Tokens {
    private static final Logger LOG = LoggerFactory.getLogger(Tokens.class);
    private static final int LEAST_FIELDS = 3;
    private static final String HASHED = "sha256:";
    private static final Pattern HASH = Pattern.compile("[0-9a-fA-F]{64}");
    private static final Pattern SCOPE = Pattern.compile("\\*|[a-z0-9][a-z0-9.-]*/(\\*|[a-z0-9][a-z0-9.-]*)");
    /** A shorter token can be guessed. */
    private static final int LEAST_CHARACTERS = 16;

    private final Path file;
    private volatile byte[] read = new byte[0];
    private volatile Map<String, Client> clients = Map.of();

    /** Of a file, which {@link #readAgain} reads. */
    public Tokens(Path file) {
        this.file = file;
    }

    /** Takes what the file holds now. A file that cannot be read leaves everything as it was. A line that is wrong lets nobody in, and its number is logged. */
    public void readAgain() {
        byte[] content;
        try {
            content = Files.readAllBytes(file);
        } catch (IOException e) {
            LOG.warn("The file of tokens cannot be read, those known go on: {}", e.toString());
            return;
        }
        if (Arrays.equals(content, read)) {
            return;
        }
        List<String> lines = new String(content, StandardCharsets.UTF_8).lines().toList();
        Map<String, Client> found = new HashMap<>();
        for (int number = 1; number <= lines.size(); number++) {
            String line = lines.get(number - 1).replaceFirst("(^|\\s)#.*", "").strip();
            String problem = line.isEmpty() ? null : take(line.split("\\s+"), found);
            if (problem != null) {
                LOG.warn("Line {} of the file of tokens is passed over: {}", number, problem);
            }
        }
        clients = Map.copyOf(found);
        read = content;
        LOG.info("Clients that are known: {}", found.size());
    }

    /** What is wrong with a line, without anything of it; null when it was taken. */
    private static String take(String[] fields, Map<String, Client> found) {
        if (fields.length < LEAST_FIELDS) {
            return "it must be a client's name, its token and at least one scope, with blanks between them";
        }
        Set<String> scopes = Set.copyOf(Arrays.asList(fields).subList(2, fields.length));
        if (!scopes.stream().allMatch(scope -> SCOPE.matcher(scope).matches())) {
            return "a scope must be namespace/pipeline, namespace/* or *";
        }
        String token = fields[1];
        boolean isHashed = token.startsWith(HASHED);
        String hash = token.substring(isHashed ? HASHED.length() : 0);
        if (isHashed && !HASH.matcher(hash).matches()) {
            return "behind \"sha256:\" must be 64 hexadecimal digits";
        }
        if (!isHashed && token.length() < LEAST_CHARACTERS) {
            return "a token must have at least " + LEAST_CHARACTERS + " characters";
        }
        Client before = found.putIfAbsent(isHashed ? hash.toLowerCase(java.util.Locale.ROOT) : digest(token), new Client(fields[0], scopes));
        return before == null ? null : "another line has the same token";
    }

    /** Whose token it is; null when nobody's. */
    public Client clientOf(String token) {
        return clients.get(digest(token));
    }

    /** Whether any client is known: without one, nobody can be answered. */
    public boolean isEmpty() {
        return clients.isEmpty();
    }

    private static String digest(String token) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}

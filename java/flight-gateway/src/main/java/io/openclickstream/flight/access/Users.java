package io.openclickstream.flight.access;

import io.openclickstream.model.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may connect: the lines {@code name:password} of a file, which is read again when its content changes. A password is plain, or
 * {@code {pbkdf2-sha256}iterations:salt:hash}. Where the file can be read no more, nobody is known.
 */
public final class Users {
    private static final Logger LOG = LoggerFactory.getLogger(Users.class);
    private static final String HASHED = "{pbkdf2-sha256}";
    private static final String MARK = "mark";
    private static final int MOST_ITERATIONS = 10_000_000;
    /** What is compared when there is no such user, so that the answer takes as long. */
    private static final String NOBODY = "a password that nobody has";

    private final Path file;
    private String content = "";
    private Map<String, String> passwords = Map.of();

    private Users(Path file) {
        this.file = file;
    }

    /** Reads the file. Throws when it cannot be read or a line of it is wrong; the message holds no password. */
    public static Users of(Path file) {
        Users users = new Users(file);
        try {
            users.content = Files.readString(file);
        } catch (IOException e) {
            throw new ConfigException("\"usersFile\": \"" + file + "\" cannot be read: " + e);
        }
        users.passwords = parse(users.content);
        return users;
    }

    /** Everybody's name is believed. */
    public static Users believed() {
        return new Users(null);
    }

    static Map<String, String> parse(String content) {
        Map<String, String> passwords = new HashMap<>();
        int number = 0;
        for (String line : content.split("\r?\n")) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            int colon = line.indexOf(':');
            if (colon < 1 || colon == line.length() - 1) {
                throw new ConfigException("\"usersFile\": line " + number + " must be name:password");
            }
            String password = line.substring(colon + 1);
            if (password.startsWith(HASHED) && !isHash(password)) {
                throw new ConfigException("\"usersFile\": line " + number + " must have " + HASHED + "iterations:salt:hash, salt and hash in hexadecimal");
            }
            if (passwords.put(line.substring(0, colon), password) != null) {
                throw new ConfigException("\"usersFile\": line " + number + " names a user a second time");
            }
        }
        return Map.copyOf(passwords);
    }

    private static boolean isHash(String password) {
        String[] parts = password.substring(HASHED.length()).split(":");
        return parts.length == 3 && parts[0].matches("[1-9][0-9]{0,7}") && Integer.parseInt(parts[0]) <= MOST_ITERATIONS
            && parts[1].matches("([0-9a-fA-F]{2}){8,}") && parts[2].matches("[0-9a-fA-F]{64}");
    }

    private synchronized Map<String, String> current() {
        try {
            String now = Files.readString(file);
            if (!now.equals(content)) {
                content = now;
                passwords = parse(now);
                LOG.info("Read the users again, {} now", passwords.size());
            }
        } catch (IOException | ConfigException e) {
            LOG.error("The file of users cannot be read, nobody is known", e);
            content = "";
            passwords = Map.of();
        }
        return passwords;
    }

    /** Whether the password is the user's. */
    public boolean isRight(String user, String password) {
        if (file == null) {
            return !user.isBlank();
        }
        String known = current().get(user);
        boolean isRight = matches(known == null ? NOBODY : known, password);
        return known != null && isRight;
    }

    /** What a token of the user is bound to: another password ends it, and without the signing key no password can be tried by it. Empty when the user is not known. */
    Optional<String> mark(String user, Sealed sealed) {
        if (file == null) {
            return Optional.of("");
        }
        return Optional.ofNullable(current().get(user)).map(known -> HexFormat.of().formatHex(sealed.mac(MARK, (user + "\0" + known).getBytes(StandardCharsets.UTF_8)), 0, 16));
    }

    private static boolean matches(String known, String password) {
        if (!known.startsWith(HASHED)) {
            return MessageDigest.isEqual(digest(known), digest(password));
        }
        String[] parts = known.substring(HASHED.length()).split(":");
        byte[] hash = HexFormat.of().parseHex(parts[2]);
        PBEKeySpec given = new PBEKeySpec(password.toCharArray(), HexFormat.of().parseHex(parts[1]), Integer.parseInt(parts[0]), hash.length * 8);
        try {
            return MessageDigest.isEqual(hash, SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(given).getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has PBKDF2WithHmacSHA256", e);
        }
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}

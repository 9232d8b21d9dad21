package io.openclickstream.stream.parse;

import java.util.Locale;
import java.util.Set;

/** Tells files that pages are made of, and downloads, from pages. */
public final class StaticAssets {
    private static final Set<String> EXTENSIONS = Set.of(
        "css", "js", "mjs", "map", "json", "xml", "rss", "txt", "wasm",
        "png", "jpg", "jpeg", "gif", "bmp", "svg", "ico", "webp", "avif", "tif", "tiff",
        "woff", "woff2", "ttf", "otf", "eot",
        "mp3", "mp4", "m4a", "m4v", "webm", "ogg", "ogv", "wav", "avi", "mov", "swf", "flv",
        "zip", "gz", "tgz", "bz2", "xz", "7z", "rar", "tar", "jar", "exe", "dmg", "iso", "deb", "rpm", "apk");

    private StaticAssets() {
    }

    /** Whether the path's extension is one that no page has. */
    public static boolean isStaticAsset(String path) {
        int dot = path.lastIndexOf('.');
        return dot > path.lastIndexOf('/') && EXTENSIONS.contains(path.substring(dot + 1).toLowerCase(Locale.ROOT));
    }
}

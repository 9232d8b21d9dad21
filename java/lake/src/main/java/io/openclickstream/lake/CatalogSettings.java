package io.openclickstream.lake;

/**
 * An Iceberg REST catalog: its name in table names, its URI, and what it wants to be told; warehouse and prefix may be null.
 *
 * @param client how to get tokens as a client; null where there is one token, or none
 */
public record CatalogSettings(String name, String uri, String warehouse, String prefix, Client client) {
    /** OAuth2: where tokens are given (null for the catalog itself) and what for. */
    public record Client(String serverUri, String scope) {
    }
}

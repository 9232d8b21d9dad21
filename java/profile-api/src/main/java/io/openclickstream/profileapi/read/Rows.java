package io.openclickstream.profileapi.read;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Where rows are read from. No call waits: the answer comes when it is there, and fails with what HBase threw. */
interface Rows {
    /** Rows of visitors, in the order of the identifiers. */
    CompletableFuture<List<Row>> visitors(List<String> ids, Question question);

    /** The links of a user. */
    CompletableFuture<Row> user(String id);
}

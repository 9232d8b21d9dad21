package io.openclickstream.profileapi.server;

import io.openclickstream.profileapi.answer.Problem;
import io.openclickstream.profileapi.answer.ProblemException;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.io.Content;

/** The bytes of a request's body, read as they come. */
final class Body {
    private final Content.Source source;
    private final long most;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CompletableFuture<byte[]> whole = new CompletableFuture<>();

    private Body(Content.Source source, long most) {
        this.source = source;
        this.most = most;
    }

    /** All of the body; fails with a {@link ProblemException} when it has more bytes, or ends before it is whole. */
    static CompletableFuture<byte[]> read(Content.Source source, long most) {
        Body body = new Body(source, most);
        body.readOn();
        return body.whole;
    }

    private void readOn() {
        while (true) {
            Content.Chunk chunk = source.read();
            if (chunk == null) {
                source.demand(this::readOn);
                return;
            }
            if (Content.Chunk.isFailure(chunk)) {
                whole.completeExceptionally(new ProblemException(Problem.invalid("body", null, "send all of it, and not too slowly")));
                return;
            }
            take(chunk);
            if (whole.isDone()) {
                return;
            }
        }
    }

    private void take(Content.Chunk chunk) {
        byte[] part = new byte[chunk.getByteBuffer().remaining()];
        chunk.getByteBuffer().get(part);
        boolean isLast = chunk.isLast();
        chunk.release();
        bytes.writeBytes(part);
        if (bytes.size() > most) {
            whole.completeExceptionally(tooLarge(most));
        } else if (isLast) {
            whole.complete(bytes.toByteArray());
        }
    }

    /** What a body with more bytes is answered. */
    static ProblemException tooLarge(long most) {
        return new ProblemException(Problem.tooLarge("body", null, "send at most " + most + " bytes"));
    }
}

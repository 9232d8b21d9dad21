package io.openclickstream.profileapi.server;

import io.openclickstream.profileapi.access.Access;
import io.openclickstream.profileapi.answer.JsonProfiles;
import io.openclickstream.profileapi.answer.Problem;
import io.openclickstream.profileapi.answer.ProblemException;
import io.openclickstream.profileapi.read.Found;
import io.openclickstream.profileapi.read.ProfileReader;
import io.openclickstream.profileapi.read.Question;
import io.openclickstream.profileapi.read.Question.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * The open streams of changes, as server-sent events: the profile at first, and then each time that a look finds it changed. A client that
 * reads slower than the profile changes gets the newest only. An event's id names what was sent, so a client that comes again with it gets
 * nothing twice.
 */
final class Streams {
    private static final ByteBuffer HEARTBEAT = ByteBuffer.wrap(":\n\n".getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer();
    private static final int IDS_AT_ONCE = 100;

    private final ProfileReader reader;
    private final Access access;
    private final Figures figures;
    private final long most;
    private final long heartbeatNanos;
    private final AtomicInteger taken = new AtomicInteger();
    private final Set<Stream> open = ConcurrentHashMap.newKeySet();
    private volatile boolean isClosed;

    Streams(ProfileReader reader, Access access, Figures figures, long most, Duration heartbeat) {
        this.reader = reader;
        this.access = access;
        this.figures = figures;
        this.most = most;
        this.heartbeatNanos = heartbeat.toNanos();
    }

    /** Who reads what. */
    record Reader(String id, Kind kind, String authorization, String lastEventId) {
    }

    /** Takes the place of one stream, which {@link #open} or {@link #giveBack} uses up. */
    void takePlace() {
        if (isClosed || taken.incrementAndGet() > most) {
            if (!isClosed) {
                taken.decrementAndGet();
            }
            throw new ProblemException(Problem.tooManyStreams(most));
        }
    }

    /** Gives a place back that no stream took. */
    void giveBack() {
        taken.decrementAndGet();
    }

    /** Begins a stream with the profile as it is, in a place that was taken. */
    void open(Response response, Callback callback, Reader to, Found first) {
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Replies.EVENTS);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        Stream stream = new Stream(response, callback, to);
        open.add(stream);
        figures.streamsAre(open.size());
        stream.begin(first);
        if (isClosed) {
            stream.end();
        }
    }

    /** Looks for changes, and lets silent streams say that they are alive; to be called again and again by one thread. */
    void look() {
        List<Stream> all = List.copyOf(open);
        all.stream().filter(stream -> !access.isStillAllowed(stream.to.authorization())).forEach(Stream::end);
        for (Kind kind : Kind.values()) {
            List<Stream> ofKind = all.stream().filter(stream -> stream.to.kind() == kind).toList();
            for (int from = 0; from < ofKind.size(); from += IDS_AT_ONCE) {
                look(kind, ofKind.subList(from, Math.min(from + IDS_AT_ONCE, ofKind.size())));
            }
        }
        long now = System.nanoTime();
        all.forEach(stream -> stream.beat(now));
    }

    private void look(Kind kind, List<Stream> streams) {
        List<String> ids = new ArrayList<>();
        streams.forEach(stream -> ids.add(stream.to.id()));
        // While HBase is away, streams are silent but for their heartbeats; what changed meanwhile comes with the next look.
        reader.find(ids, new Question(kind, null, 1)).thenAccept(found -> {
            for (int position = 0; position < streams.size(); position++) {
                Optional<Found> one = found.get(position);
                one.ifPresent(streams.get(position)::offer);
            }
        });
    }

    /** Ends all streams; clients come again, to another server. */
    void close() {
        isClosed = true;
        open.forEach(Stream::end);
    }

    private void closed(Stream stream) {
        if (open.remove(stream)) {
            taken.decrementAndGet();
            figures.streamsAre(open.size());
        }
    }

    private final class Stream implements Callback {
        private final Response response;
        private final Callback callback;
        private final Reader to;
        private String sentId;
        private ByteBuffer next;
        private boolean isWriting;
        private boolean isEnding;
        private boolean isOver;
        private long writtenAt = System.nanoTime();

        Stream(Response response, Callback callback, Reader to) {
            this.response = response;
            this.callback = callback;
            this.to = to;
            this.sentId = to.lastEventId();
        }

        void begin(Found first) {
            offer(first);
            // The headers go out even when the client has the profile already.
            beat(Long.MAX_VALUE);
        }

        void offer(Found found) {
            byte[] json = JsonProfiles.one(found, false);
            CRC32C sum = new CRC32C();
            sum.update(json);
            String id = found.versions().get(0).at() + "-" + Long.toHexString(sum.getValue());
            synchronized (this) {
                if (id.equals(sentId)) {
                    return;
                }
                sentId = id;
                String head = "id: " + id + "\nevent: profile\ndata: ";
                next = ByteBuffer.wrap((head + new String(json, StandardCharsets.UTF_8) + "\n\n").getBytes(StandardCharsets.UTF_8));
            }
            figures.streamEvent();
            go();
        }

        void beat(long now) {
            synchronized (this) {
                if (next != null || isWriting || now != Long.MAX_VALUE && now - writtenAt < heartbeatNanos) {
                    return;
                }
                next = HEARTBEAT.slice();
            }
            go();
        }

        void end() {
            synchronized (this) {
                isEnding = true;
            }
            go();
        }

        private void go() {
            ByteBuffer writing;
            boolean isLast;
            synchronized (this) {
                if (isWriting || isOver || next == null && !isEnding) {
                    return;
                }
                isLast = isEnding;
                isOver = isLast;
                writing = next == null ? BufferUtil.EMPTY_BUFFER : next;
                next = null;
                isWriting = true;
            }
            if (isLast) {
                closed(this);
                response.write(true, writing, callback);
            } else {
                response.write(false, writing, this);
            }
        }

        @Override
        public void succeeded() {
            synchronized (this) {
                isWriting = false;
                writtenAt = System.nanoTime();
            }
            go();
        }

        /** The client is away, or does not read. */
        @Override
        public void failed(Throwable failure) {
            synchronized (this) {
                isOver = true;
            }
            closed(this);
            callback.failed(failure);
        }
    }
}

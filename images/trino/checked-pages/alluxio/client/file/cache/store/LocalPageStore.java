package alluxio.client.file.cache.store;

import alluxio.client.file.cache.PageId;
import alluxio.client.file.cache.PageStore;
import alluxio.exception.PageCorruptedException;
import alluxio.exception.PageNotFoundException;
import alluxio.exception.status.ResourceExhaustedException;
import alluxio.file.ReadTargetBuffer;
import alluxio.network.protocol.databuffer.DataFileChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * The pages of the cache as files, each with a checksum behind it. It stands in the place of the class of this name of Alluxio 2.9.6, which
 * hands out whatever a file holds: a bit that the disk lost would be a wrong row or a query that fails for as long as the page is kept (ADR
 * 1404). A page that is not as it was written is told as corrupted; Alluxio then removes it, and Trino reads the object store again. The
 * files are where Alluxio looks for them when it starts.
 */
public class LocalPageStore implements PageStore {
    private static final String NO_SPACE = "No space left on device";
    private static final String TEMPORARY = "TEMP";

    /** Says that a checksum follows. */
    private static final int MARK = 0x4f435031;

    /** Bytes behind a page: the mark and the checksum. */
    private static final int TRAILER_BYTES = 2 * Integer.BYTES;

    private final Path root;
    private final int fileBuckets;

    public LocalPageStore(PageStoreOptions options) {
        root = options.getRootDir().resolve(Long.toString(options.getPageSize()));
        fileBuckets = options.getFileBuckets();
    }

    @Override
    public void put(PageId page, ByteBuffer content, boolean isTemporary) throws ResourceExhaustedException, IOException {
        Path file = getPagePath(page, isTemporary);
        ByteBuffer trailer = ByteBuffer.allocate(TRAILER_BYTES);
        trailer.putInt(MARK).putInt(checksum(page, content)).flip();
        try {
            Files.createDirectories(file.getParent());
            try (FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                writeAll(channel, content);
                writeAll(channel, trailer);
            }
        } catch (IOException e) {
            Files.deleteIfExists(file);
            if (e.getMessage() != null && e.getMessage().contains(NO_SPACE)) {
                throw new ResourceExhaustedException(NO_SPACE + ": " + file, e);
            }
            throw e;
        }
    }

    @Override
    public int get(PageId page, int offset, int length, ReadTargetBuffer target, boolean isTemporary)
            throws IOException, PageNotFoundException {
        Path file = getPagePath(page, isTemporary);
        byte[] found;
        try {
            found = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            // Not "not found": Alluxio would go on believing in the page, and never store it again.
            throw new PageCorruptedException("the file is gone: " + file, e);
        }
        int size = found.length - TRAILER_BYTES;
        if (size < 0 || !hasChecksum(page, found, size)) {
            throw new PageCorruptedException("the file is not as it was written: " + file);
        }
        if (offset < 0 || offset > size) {
            throw new IllegalArgumentException("offset " + offset + " is outside of the page's " + size + " bytes");
        }
        int read = Math.min(length, size - offset);
        target.writeBytes(found, offset, read);
        return read;
    }

    @Override
    public void delete(PageId page, boolean isTemporary) throws IOException, PageNotFoundException {
        Path file = getPagePath(page, isTemporary);
        if (!Files.deleteIfExists(file)) {
            throw new PageNotFoundException(file.toString());
        }
        Path folder = file.getParent();
        try (var left = Files.newDirectoryStream(folder)) {
            if (left.iterator().hasNext()) {
                return;
            }
        }
        Files.deleteIfExists(folder);
    }

    @Override
    public void commit(String fileId, String newFileId) throws IOException {
        Path folder = folderOf(newFileId);
        Files.createDirectories(folder.getParent());
        Files.move(temporaryFolderOf(fileId), folder, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void abort(String fileId) throws IOException {
        PageStoreDir.clear(temporaryFolderOf(fileId));
    }

    /** Only Alluxio's own servers ask for it; it would go around the checksum. */
    @Override
    public DataFileChannel getDataFileChannel(PageId page, int offset, int length, boolean isTemporary) {
        throw new UnsupportedOperationException("pages are read with their checksum only");
    }

    @Override
    public void close() {}

    public Path getPagePath(PageId page, boolean isTemporary) {
        Path folder = isTemporary ? temporaryFolderOf(page.getFileId()) : folderOf(page.getFileId());
        return folder.resolve(Long.toString(page.getPageIndex()));
    }

    private Path folderOf(String fileId) {
        return root.resolve(PageStoreDir.getFileBucket(fileBuckets, fileId)).resolve(fileId);
    }

    private Path temporaryFolderOf(String fileId) {
        return root.resolve(TEMPORARY).resolve(fileId);
    }

    private static boolean hasChecksum(PageId page, byte[] found, int size) {
        ByteBuffer trailer = ByteBuffer.wrap(found, size, TRAILER_BYTES);
        return trailer.getInt() == MARK && trailer.getInt() == checksum(page, ByteBuffer.wrap(found, 0, size));
    }

    /** Of the content and of which page it is: a file that took another's place is found too. Leaves the buffer as it was. */
    private static int checksum(PageId page, ByteBuffer content) {
        CRC32C sum = new CRC32C();
        sum.update(page.getFileId().getBytes(StandardCharsets.UTF_8));
        sum.update(ByteBuffer.allocate(Long.BYTES).putLong(page.getPageIndex()).flip());
        sum.update(content.duplicate());
        return (int) sum.getValue();
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}

package io.openclickstream.lake;

import java.util.Map;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;

/** Files of which each one that is opened for reading gives a sign: a long read is not a stuck one. Stays in its process. */
final class NoticedFiles implements FileIO {
    private static final long serialVersionUID = 1L;

    private final FileIO files;
    private final transient Runnable onRead;

    /** The sign may be given by several threads at a time. */
    NoticedFiles(FileIO files, Runnable onRead) {
        this.files = files;
        this.onRead = onRead;
    }

    @Override
    public InputFile newInputFile(String path) {
        onRead.run();
        return files.newInputFile(path);
    }

    @Override
    public InputFile newInputFile(String path, long length) {
        onRead.run();
        return files.newInputFile(path, length);
    }

    @Override
    public OutputFile newOutputFile(String path) {
        return files.newOutputFile(path);
    }

    @Override
    public void deleteFile(String path) {
        files.deleteFile(path);
    }

    @Override
    public Map<String, String> properties() {
        return files.properties();
    }
}

package io.openclickstream.stream.profile;

import io.openclickstream.profiles.ProfileCell;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Cells of profiles by the keys of their rows. A write has come to stay when its call returns. */
interface ProfileCells {
    /** The values of a column, in the order of the rows' keys; null where there is none. */
    List<byte[]> values(List<byte[]> keys, String family, String qualifier) throws IOException;

    /** Writes cells by the keys of their rows. */
    void write(Map<byte[], List<ProfileCell>> rows) throws IOException;
}

package io.openclickstream.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A row as compact bytes, for its way through the shuffles: one field there instead of forty that Spark would convert
 * at each step. Text is made valid Unicode here, so no later writer can choke.
 * Not thread-safe; the format lives for one micro-batch and is nowhere stored.
 */
public final class RowCodec {
    private static final int INITIAL_CAPACITY = 1024;

    private ByteBuffer buffer = ByteBuffer.allocate(INITIAL_CAPACITY);

    /** The row's values as bytes. */
    public byte[] encode(OutputRow row) {
        buffer.clear();
        List<Column<?>> columns = row.table().columns();
        for (int position = 0; position < columns.size(); position++) {
            Object value = row.value(position);
            reserve(1);
            buffer.put((byte) (value == null ? 0 : 1));
            if (value != null) {
                write(columns.get(position).type(), value);
            }
        }
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    /** The row that {@link #encode} was given. */
    public static OutputRow decode(OutputTable table, byte[] bytes) {
        ByteBuffer input = ByteBuffer.wrap(bytes);
        List<Column<?>> columns = table.columns();
        Object[] values = new Object[columns.size()];
        for (int position = 0; position < values.length; position++) {
            values[position] = input.get() == 0 ? null : read(columns.get(position).type(), input);
        }
        return new OutputRow(table, values);
    }

    private void write(ColumnType type, Object value) {
        switch (type) {
            case STRING -> writeText((String) value);
            case BINARY -> writeBytes((byte[]) value);
            case INT -> {
                reserve(Integer.BYTES);
                buffer.putInt((Integer) value);
            }
            case LONG, TIMESTAMPTZ -> {
                reserve(Long.BYTES);
                buffer.putLong((Long) value);
            }
            case BOOLEAN -> {
                reserve(1);
                buffer.put((byte) ((Boolean) value ? 1 : 0));
            }
            case STRING_MAP -> writeMap((Map<?, ?>) value);
        }
    }

    private void writeMap(Map<?, ?> map) {
        reserve(Integer.BYTES);
        buffer.putInt(map.size());
        map.forEach((key, value) -> {
            writeText((String) key);
            writeText((String) value);
        });
    }

    private void writeText(String text) {
        writeBytes(Unicode.mended(text).getBytes(StandardCharsets.UTF_8));
    }

    private void writeBytes(byte[] bytes) {
        reserve(Integer.BYTES + bytes.length);
        buffer.putInt(bytes.length).put(bytes);
    }

    private void reserve(int bytes) {
        if (buffer.remaining() < bytes) {
            int capacity = Math.max(buffer.capacity() * 2, buffer.position() + bytes);
            buffer = ByteBuffer.allocate(capacity).put(buffer.array(), 0, buffer.position());
        }
    }

    private static Object read(ColumnType type, ByteBuffer input) {
        return switch (type) {
            case STRING -> readString(input);
            case BINARY -> readBytes(input);
            case INT -> input.getInt();
            case LONG, TIMESTAMPTZ -> input.getLong();
            case BOOLEAN -> input.get() != 0;
            case STRING_MAP -> readMap(input);
        };
    }

    private static Map<String, String> readMap(ByteBuffer input) {
        Map<String, String> map = new TreeMap<>();
        for (int remaining = input.getInt(); remaining > 0; remaining--) {
            String key = readString(input);
            map.put(key, readString(input));
        }
        return map;
    }

    private static String readString(ByteBuffer input) {
        int length = input.getInt();
        String text = new String(input.array(), input.position(), length, StandardCharsets.UTF_8);
        input.position(input.position() + length);
        return text;
    }

    private static byte[] readBytes(ByteBuffer input) {
        byte[] bytes = new byte[input.getInt()];
        input.get(bytes);
        return bytes;
    }
}

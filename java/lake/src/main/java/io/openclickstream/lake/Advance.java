package io.openclickstream.lake;

import io.openclickstream.offsets.NextOffsets;

/**
 * How far a batch moves the tables on.
 *
 * @param from up to where all tables are complete before it
 * @param to up to where they are complete with it
 */
record Advance(NextOffsets from, NextOffsets to) {
}

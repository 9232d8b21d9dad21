// Generated from contracts/hbase-contents.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

import java.util.List;

/**
 * Which families hold cells.
 *
 * @param families Names of the families that were asked for and hold cells
 */
public record HBaseContents(
    List<String> families) {
}

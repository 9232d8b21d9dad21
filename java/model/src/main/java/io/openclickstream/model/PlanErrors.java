// Generated from contracts/plan-errors.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

import java.util.List;

/**
 * Why a query cannot be planned.
 *
 * @param errors What is wrong, the first place first. Lines and columns count from 1
 */
public record PlanErrors(
    List<Error> errors) {

    /**
     * One of errors.
     *
     * @param message What is wrong, for a person
     * @param line Line of the first character at fault
     * @param column Its column
     * @param endLine Line of the last character at fault
     * @param endColumn Its column
     * @param near The words around it
     * @param suggestion What was perhaps meant; may be null
     */
    public record Error(
        String message,
        long line,
        long column,
        long endLine,
        long endColumn,
        String near,
        String suggestion) {
    }
}

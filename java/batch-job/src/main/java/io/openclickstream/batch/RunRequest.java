package io.openclickstream.batch;

import io.openclickstream.lake.TimeWindow;

/**
 * One run of a product.
 *
 * @param runId names it for all time; a run that is repeated changes nothing
 * @param window the time that new data is of; null when the run has none
 */
record RunRequest(String runId, TimeWindow window) {
}

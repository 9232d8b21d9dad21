package io.openclickstream.lake;

/**
 * What a person asked for, so that a job may start on an empty checkpoint although its tables hold rows.
 *
 * @param id names it; it is carried out once
 * @param readAgain whether all records that Kafka still has are read again, since a table lost its rows; else the job goes on
 *     behind what the tables hold
 */
public record Recovery(String id, boolean readAgain) {
}

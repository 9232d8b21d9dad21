/**
 * Visitors' profiles. {@link io.openclickstream.profiles.VisitorState} takes events, {@link io.openclickstream.profiles.VisitorProfile} is
 * what is read, {@link io.openclickstream.profiles.ProfileRow} and {@link io.openclickstream.profiles.RowKeys} say where it lies in HBase.
 */
package io.openclickstream.profiles;

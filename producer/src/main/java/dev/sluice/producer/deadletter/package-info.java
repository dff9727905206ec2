/** Stores, searches, edits, replays and discards dead letters. */
@NullMarked
package dev.sluice.producer.deadletter;

import org.jspecify.annotations.NullMarked;

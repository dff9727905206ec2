/** {@code sluice dead-letters}: inspects, edits, replays and discards dead letters. */
@NullMarked
package dev.sluice.cli.command.deadletter;

import org.jspecify.annotations.NullMarked;

/** Requests of a command that run as batches, and their answers. */
@NullMarked
package dev.sluice.cli.batch;

import org.jspecify.annotations.NullMarked;

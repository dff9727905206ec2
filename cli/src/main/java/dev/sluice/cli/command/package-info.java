/** The commands that call the API once and print its answer. */
@NullMarked
package dev.sluice.cli.command;

import org.jspecify.annotations.NullMarked;

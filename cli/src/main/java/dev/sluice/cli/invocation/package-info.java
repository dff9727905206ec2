/** Options that all commands have in common. */
@NullMarked
package dev.sluice.cli.invocation;

import org.jspecify.annotations.NullMarked;

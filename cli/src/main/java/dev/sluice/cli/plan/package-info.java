/** {@code sluice plan}: estimates workers and completion times. */
@NullMarked
package dev.sluice.cli.plan;

import org.jspecify.annotations.NullMarked;

/** What it takes to use a route's whole allowance. Depends on {@code client}. */
@NullMarked
package dev.sluice.cli.plan;

import org.jspecify.annotations.NullMarked;

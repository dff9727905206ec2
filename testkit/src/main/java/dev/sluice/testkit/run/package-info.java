/** Whole installations, PostgreSQL and Redis, started as a user does. */
@NullMarked
package dev.sluice.testkit.run;

import org.jspecify.annotations.NullMarked;

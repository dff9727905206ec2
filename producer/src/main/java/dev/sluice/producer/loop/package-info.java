/** Background loops, which run at an interval and after a wake-up. */
@NullMarked
package dev.sluice.producer.loop;

import org.jspecify.annotations.NullMarked;

/** Work that goes round in the background, woken or by the clock. Depends on no other package. */
@NullMarked
package dev.sluice.producer.loop;

import org.jspecify.annotations.NullMarked;

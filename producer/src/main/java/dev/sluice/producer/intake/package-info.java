/** Limits the size of request bodies, except for file uploads. */
@NullMarked
package dev.sluice.producer.intake;

import org.jspecify.annotations.NullMarked;

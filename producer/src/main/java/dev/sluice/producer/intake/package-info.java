/**
 * How large a request may be that brings JSON; files have bounds of their own. Depends on {@code
 * error}.
 */
@NullMarked
package dev.sluice.producer.intake;

import org.jspecify.annotations.NullMarked;

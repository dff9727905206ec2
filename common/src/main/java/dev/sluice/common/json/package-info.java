/**
 * What Sluice reads in a provider's JSON, and nothing more: it never writes it. Depends on {@code
 * wire}.
 */
@NullMarked
package dev.sluice.common.json;

import org.jspecify.annotations.NullMarked;

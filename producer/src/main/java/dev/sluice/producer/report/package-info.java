/**
 * What the workers say of themselves, kept while it is fresh, for people. Depends on {@code status}
 * and {@code override}.
 */
@NullMarked
package dev.sluice.producer.report;

import org.jspecify.annotations.NullMarked;

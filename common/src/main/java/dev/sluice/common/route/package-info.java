/**
 * A route: one provider endpoint, its key, and the models that share its limits. Depends on {@code
 * secret}.
 */
@NullMarked
package dev.sluice.common.route;

import org.jspecify.annotations.NullMarked;

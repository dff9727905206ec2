/**
 * The benchmark of how much of a provider's allowance is used, and how politely. It is the root of
 * its parts: depends on all of them but the tests.
 */
@NullMarked
package dev.sluice.system.goodput;

import org.jspecify.annotations.NullMarked;

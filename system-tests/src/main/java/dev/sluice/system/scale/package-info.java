/**
 * What scales workers on Kubernetes, done to real processes here. Depends on {@code prompt}, {@code
 * report} and {@code run}.
 */
@NullMarked
package dev.sluice.system.scale;

import org.jspecify.annotations.NullMarked;

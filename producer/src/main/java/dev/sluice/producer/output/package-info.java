/**
 * From the state to the output and error files. Depends on {@code batch}, {@code file} and {@code
 * loop}.
 */
@NullMarked
package dev.sluice.producer.output;

import org.jspecify.annotations.NullMarked;

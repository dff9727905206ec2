/**
 * From a batch's input file to its tasks, or to the list of what is wrong. Depends on {@code
 * access}, {@code batch}, {@code cost}, {@code error}, {@code file}, {@code loop} and {@code
 * quota}.
 */
@NullMarked
package dev.sluice.producer.validate;

import org.jspecify.annotations.NullMarked;

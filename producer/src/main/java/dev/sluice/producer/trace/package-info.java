/**
 * The traces of tasks: begun where they are sent, ended where their outcomes are stored. Depends on
 * nothing.
 */
@NullMarked
package dev.sluice.producer.trace;

import org.jspecify.annotations.NullMarked;

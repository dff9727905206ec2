/**
 * {@code sluice task}, and a task's calls as a table. Depends on {@code client}, {@code
 * invocation}, {@code layout} and {@code terminal}.
 */
@NullMarked
package dev.sluice.cli.task;

import org.jspecify.annotations.NullMarked;

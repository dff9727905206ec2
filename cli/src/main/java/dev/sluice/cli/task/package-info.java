/** {@code sluice task}: shows a task and its calls. */
@NullMarked
package dev.sluice.cli.task;

import org.jspecify.annotations.NullMarked;

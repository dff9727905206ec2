/** {@code sluice quota}: shows and sets quotas of projects. */
@NullMarked
package dev.sluice.cli.quota;

import org.jspecify.annotations.NullMarked;

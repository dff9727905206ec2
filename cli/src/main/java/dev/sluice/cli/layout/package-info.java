/** Text layout: tables and labelled values. */
@NullMarked
package dev.sluice.cli.layout;

import org.jspecify.annotations.NullMarked;

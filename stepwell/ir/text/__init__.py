"""Text in and out: `parse` reads a program, `print_to_text` writes one."""

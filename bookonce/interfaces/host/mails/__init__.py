"""The pages of mails: the list, and each as it was sent."""

"""What people say of adversarial texts, and what that makes of success rates."""
